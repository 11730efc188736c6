import type { Duration } from "@taskgen/core";
import { typeOf } from "./type-of.js";

const attempt = Number("3");
export const good: readonly Duration[] = [
  "250ms",
  "5s",
  "10m",
  "2h",
  "1d",
  "1.5h",
  "0s",
  `${attempt}s`,
  `${3 ** attempt}ms`,
];

// @ts-expect-error no unit
export const noUnit: Duration = "5";
// @ts-expect-error no text
export const bare: Duration = 5;
// @ts-expect-error no such unit
export const weeks: Duration = "1w";
// @ts-expect-error no such unit
export const long: Duration = "5 seconds";
// @ts-expect-error no number
export const word: Duration = "fives";
// @ts-expect-error nothing at all
export const empty: Duration = "";
// @ts-expect-error two units
export const two: Duration = "1h30m";
// @ts-expect-error any text
export const text: Duration = String(attempt);

// n.b. the compiler reads `${number}` as JavaScript reads numbers, white space and signs included; such a duration is
// refused when it is used: DURATION_INVALID.
typeOf<"5 s" extends Duration ? true : false>().is<true>();
typeOf<"-5s" extends Duration ? true : false>().is<true>();
