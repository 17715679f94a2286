import { expect, test } from "bun:test";

import { type Content, expectName, requireService } from "./content.ts";
import { unknownName } from "./documents.ts";
import { Tree } from "./tree.ts";

test("a name that nothing has is refused with the one that was meant", () => {
  expect(() => expectName("cluster", "blue", ["blue", "green"])).not.toThrow();
  expect(() => expectName("cluster", "blu", ["blue", "green"], " here")).toThrow(
    "there is no cluster blu here: did you mean blue? There is blue, green",
  );
  const tree = new Tree([["apps/services/case-service/values.yaml", new Uint8Array()]]);
  expect(() => requireService({ tree } as Content, "case-servic")).toThrow("did you mean case-service?");
});

test("names in the hundreds are not all listed", () => {
  const names = Array.from({ length: 200 }, (_, index) => `customer${String(index).padStart(3, "0")}`);
  expect(unknownName("tenant", "umbrella", names).fix).toEndWith("customer028, customer029 and 170 more");
  expect(unknownName("tenant", "customer1234", names).fix).toBe("did you mean customer123?");
});
