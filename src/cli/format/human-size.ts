const decimal = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

/** `1.24MB`: as the docker program prints sizes in lists (three digits) and in `df` (four). */
export function humanSize(bytes: number, digits = 3): string {
  return scaled(bytes, 1000, decimal, digits);
}

/** `1.5MiB`: of memory. */
export function binarySize(bytes: number, digits = 4): string {
  return scaled(bytes, 1024, binary, digits);
}

function scaled(bytes: number, step: number, units: readonly string[], digits: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= step && unit < units.length - 1) {
    value /= step;
    unit++;
  }
  return `${significant(value, digits)}${units[unit]}`;
}

/** Go's `%.3g`: that many digits, without zeros at the end, an exponent where they do not suffice. */
function significant(value: number, digits: number): string {
  const text = value.toPrecision(digits);
  if (!text.includes("e")) return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return text.replace(/\.?0*e/, "e").replace(/e([+-])(\d)$/, "e$10$2");
}
