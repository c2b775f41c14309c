/** Text inside of an element or an attribute; what XML cannot hold at all is replaced. */
export function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udfff]/gu, "\ufffd")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element; what is inside is XML already. */
export function element(name: string, attributes: Attributes, inside = ""): string {
  const words = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${typeof value === "number" ? rounded(value) : escaped(value)}"`],
  );
  return `<${name}${words.join("")}${inside === "" ? "/>" : `>${inside}</${name}>`}`;
}

export function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
