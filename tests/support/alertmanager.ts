/** What the operator makes of an AlertmanagerConfig that Alertmanager is given as its own. */
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from "../../scripts/lib/core/json.ts";

/** Outside of their hours Alertmanager holds notifications of a route back: to amtool, which has no clock, they go here. */
export const muted = "muted";

/** By night every route with hours of its own is muted. */
export function alertmanagerYaml({ spec }: { spec: JsonObject }, time: "day" | "night"): JsonObject {
  return {
    route: route(objectAt(spec, "route"), time),
    receivers: [...listAt(spec, "receivers").filter(isObject).map(receiver), { name: muted }],
    inhibit_rules: listAt(spec, "inhibitRules").map((rule) => ({
      source_matchers: matchers(listAt(rule, "sourceMatch")),
      target_matchers: matchers(listAt(rule, "targetMatch")),
      equal: listAt(rule, "equal"),
    })),
    time_intervals: listAt(spec, "muteTimeIntervals").map((interval) => ({
      name: stringAt(interval, "name")!,
      time_intervals: listAt(interval, "timeIntervals").map((one) => ({
        weekdays: listAt(one, "weekdays"),
        times: listAt(one, "times").map((times) => ({
          start_time: stringAt(times, "startTime")!,
          end_time: stringAt(times, "endTime")!,
        })),
      })),
    })),
  };
}

function route(own: JsonObject, time: "day" | "night"): JsonObject {
  const hours = stringsAt(own, "activeTimeIntervals");
  return {
    receiver: hours.length > 0 && time === "night" ? muted : stringAt(own, "receiver")!,
    matchers: matchers(listAt(own, "matchers")),
    active_time_intervals: hours,
    routes: listAt(own, "routes").map((below) => route(objectAt({ below }, "below"), time)),
    ...(own["groupBy"] === undefined ? {} : { group_by: own["groupBy"] }),
    ...(own["groupWait"] === undefined ? {} : { group_wait: own["groupWait"] }),
    ...(own["groupInterval"] === undefined ? {} : { group_interval: own["groupInterval"] }),
    ...(own["repeatInterval"] === undefined ? {} : { repeat_interval: own["repeatInterval"] }),
  };
}

/** The authority is a ConfigMap, which the operator mounts: nothing of it is here. */
function receiver(own: JsonObject): JsonObject {
  return {
    name: stringAt(own, "name")!,
    email_configs: listAt(own, "emailConfigs").map((mail) => ({
      to: stringAt(mail, "to")!,
      from: stringAt(mail, "from")!,
      smarthost: stringAt(mail, "smarthost")!,
      require_tls: true,
    })),
    webhook_configs: listAt(own, "webhookConfigs").map((hook) => ({ url: stringAt(hook, "url")! })),
  };
}

function matchers(own: readonly Json[]): string[] {
  return own.map(
    (matcher) =>
      `${stringAt(matcher, "name")}${stringAt(matcher, "matchType") ?? "="}${JSON.stringify(stringAt(matcher, "value"))}`,
  );
}
