/** What the server declares of the balancer: tests/contract/test_balancer.py writes it. */

import { readFileSync } from "node:fs";
import { declare } from "../../../../static/js/balancer/traffic/policies.js";

declare(JSON.parse(readFileSync(new URL("../../../contract/shared/balancer.json", import.meta.url), "utf8")));
