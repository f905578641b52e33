"""The shell of Ringviz: settings, URLs, page frame and overview. It wires everything together; nothing imports it."""
