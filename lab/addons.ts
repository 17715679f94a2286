import type { LabAddon } from "./addons/addon.ts";
import { certManager } from "./addons/cert-manager.ts";
import { metallb } from "./addons/metallb.ts";

export const labAddons: readonly LabAddon[] = [certManager, metallb];
