// Durations as the page writes them, so that tests can recompute what it says.

/** Three significant digits at most, without trailing zeros. */
function decimal(us, unit) {
  const value = us / unit;
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return String(Number((Math.floor(value * 10 ** digits + 0.5) / 10 ** digits).toFixed(digits)));
}

function twoUnits(whole, [per, unit], rest) {
  const [many, left] = [Math.floor(whole / per), whole % per];
  return left === 0 ? `${many} ${unit}` : `${many} ${unit} ${left} ${rest}`;
}

/** A duration in the unit that fits: `310 µs`, `4.12 ms`, `1.5 s`, `4 min 30 s`. */
export function duration(us) {
  if (us < 1_000) return `${us} µs`;
  if (us < 999_500) return `${decimal(us, 1_000)} ms`;
  if (us < 119_500_000) return `${decimal(us, 1_000_000)} s`;
  if (us < 7_200_000_000) return twoUnits(Math.floor(us / 1_000_000 + 0.5), [60, "min"], "s");
  if (us < 172_800_000_000) return twoUnits(Math.floor(us / 60_000_000 + 0.5), [60, "h"], "min");
  return twoUnits(Math.floor(us / 3_600_000_000 + 0.5), [24, "d"], "h");
}
