import type { LabAddon } from "./addons/addon.ts";
import { certManager } from "./addons/cert-manager.ts";
import { snapshotController } from "./addons/snapshot-controller.ts";

export const labAddons: readonly LabAddon[] = [certManager, snapshotController];
