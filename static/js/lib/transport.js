/** How this page receives messages. Shared by all its connections, because they all take the same network path. */

/** polling: over HTTP, because WebSockets are blocked. */
export const transport = { polling: false };
