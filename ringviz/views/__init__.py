"""HTTP views: each reads the input, calls one service or selector, and answers."""
