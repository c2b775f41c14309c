/** Kubernetes replaces `$(NAME)` in commands and values; a doubled dollar keeps it as it is. */
export function literal(text: string): string {
  return text.replaceAll("$(", () => "$$(");
}

/** Quoted for a shell, where it needs to be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function capabilityName(text: string): string {
  return text.toUpperCase().replace(/^CAP_/, "");
}

/** Cores as thousandths. */
export function cpuQuantity(cores: number): string {
  return `${Math.max(1, Math.round(cores * 1000))}m`;
}

const units = ["", "Ki", "Mi", "Gi", "Ti"] as const;

/** Bytes in the largest unit that leaves a whole number. */
export function byteQuantity(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size > 0 && size % 1024 === 0 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size}${units[unit]}`;
}
