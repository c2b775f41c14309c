/** In the kernel's spelling, sorted, each once. */
export function capabilityNames(list: readonly string[]): string[] {
  const names = list.map((text) => {
    const name = text.trim().toUpperCase();
    return name === "ALL" || name.startsWith("CAP_") ? name : `CAP_${name}`;
  });
  return [...new Set(names)].sort();
}
