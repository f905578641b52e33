/** How this page hears the server. One fact for the whole page: what stands between the two is the same for all its connections. */

/** polling: over HTTP, again and again, because no WebSocket gets through. */
export const transport = { polling: false };
