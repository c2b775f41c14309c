export function findBusybox(): string | undefined;
export function busyboxImage(tag?: string): Buffer;
