/** Every alert of ours leads to its card, and every card is of an alert that is there. */
import { expect, test } from "bun:test";
import path from "node:path";

import { isObject, listAt, stringAt } from "../../../scripts/lib/core/json.ts";
import { pathOf } from "../../../scripts/lib/repo/address.ts";
import { alertRules, alertsOf } from "../../support/alerts.ts";
import { find, serviceChart } from "../../support/chart.ts";
import { checkout } from "../../support/fleet.ts";

const page = pathOf("runbook", { runbook: "alerts" });

test("alerts and cards are the same", async () => {
  await using chart = await serviceChart();
  const service = find(
    await chart.render({ workers: { worker: { command: ["node"] } } }),
    "PrometheusRule",
    "case-service",
  );
  const groups = [...(await alertRules()).values()].flat();
  const alerts = alertsOf([...groups, ...listAt(service, "spec", "groups").filter(isObject)]);
  const text = await Bun.file(path.join(checkout, page)).text();
  const cards = [...text.matchAll(/^## (\w+)$/gm)].map(([, card]) => card!);

  expect(new Set(cards).size).toBe(cards.length);
  expect(cards.toSorted()).toEqual([...new Set(alerts.map((alert) => stringAt(alert, "alert")!))].toSorted());
  for (const alert of alerts)
    expect(stringAt(alert, "annotations", "runbook_url")).toEndWith(
      `/blob/main/${page}#${stringAt(alert, "alert")!.toLowerCase()}`,
    );
});

test("a card says what it means, where to look and the way back", async () => {
  const text = await Bun.file(path.join(checkout, page)).text();
  for (const card of text.split(/^## /m).slice(1)) {
    const parts = ["customer", "Look", "Back:"].filter((part) => !card.toLowerCase().includes(part.toLowerCase()));
    expect([card.split("\n")[0]!, parts]).toEqual([card.split("\n")[0]!, []]);
  }
});

test("links within the page lead to cards", async () => {
  const text = await Bun.file(path.join(checkout, page)).text();
  const anchors = new Set([...text.matchAll(/^## (\w+)$/gm)].map(([, card]) => card!.toLowerCase()));
  const linked = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!);
  expect(linked.filter((anchor) => !anchors.has(anchor))).toEqual([]);
});
