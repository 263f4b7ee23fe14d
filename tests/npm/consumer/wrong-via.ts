import { inspect, type MediaPart } from "tilewise";

export const part: MediaPart = { facts: await inspect("data:,"), via: "mail" };
