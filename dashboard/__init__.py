"""The shell of Ringviz: settings, addresses, page frame and overview. It wires everything; nobody imports it."""
