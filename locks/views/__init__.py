"""HTTP requests and answers: read the input, call one service or selector, answer."""
