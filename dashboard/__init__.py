"""The shell of Ringviz: settings, addresses, the page frame and the overview. It wires everything; nobody imports it."""
