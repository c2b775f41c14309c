import type { YamlValue } from "../../yaml/yaml-value.ts";

/** A value as Go's `fmt.Sprint` writes it: numbers in labels, variables and options become such text. */
export function goText(value: YamlValue): string {
  if (value === null) return "<nil>";
  if (typeof value === "string") return value;
  if (typeof value === "number") return goNumber(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  const entries = Object.keys(value).sort();
  return `map[${entries.map((key) => `${key}:${goText(value[key] ?? null)}`).join(" ")}]`;
}

/** Whole numbers in full; others as `%g` does, with an exponent from a million on. */
function goNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  return power >= -4 && power < 6 ? String(value) : withExponent(digits, power);
}

function withExponent(digits: string, power: number): string {
  const sign = power < 0 ? "-" : "+";
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** What Go calls the type of a value, for sentences about a wrong one. */
export function goType(value: YamlValue): string {
  if (value === null) return "<nil>";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  if (typeof value === "bigint") return "uint64";
  return Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}
