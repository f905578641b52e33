import assert from "node:assert/strict";
import { test } from "node:test";
import { hearServer, serverNow } from "../../static/js/lib/server-time.js";

test("the server's time is that of the message that travelled fastest, of the newest ten", () => {
  assert.equal(serverNow(1_000), null);
  hearServer(50_000, 1_000);
  hearServer(50_200, 1_500); // 300 ms longer on its way
  assert.equal(serverNow(2_000), 51_000);
  for (let n = 0; n < 10; n++) hearServer(40_000 + n, 1_000 + n);
  assert.equal(serverNow(2_000), 41_000, "the clock was set");
});
