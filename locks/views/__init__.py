"""What is asked and answered over HTTP: read the input, call one service or selector, answer."""
