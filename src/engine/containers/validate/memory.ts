import { type Draft, refuse } from "./draft.ts";

const least = 6 * 1024 * 1024;

/** Memory, swap, reservation and OOM settings. On update a swap limit may come alone. */
export function checkMemory({ hostConfig: wish, host: { limits }, warnings }: Draft, update: boolean): void {
  if (wish.MemorySwappiness === -1) wish.MemorySwappiness = null;
  checkLimit(wish, limits, warnings);
  if (wish.MemorySwap > 0 && wish.Memory > 0 && wish.MemorySwap < wish.Memory) {
    throw refuse("Minimum memoryswap limit should be larger than memory limit, see usage");
  }
  if (wish.MemorySwap > 0 && wish.Memory === 0 && !update) {
    throw refuse("You should always set the Memory limit when using Memoryswap limit, see usage");
  }
  checkSwappiness(wish, limits, warnings);
  checkReservation(wish, limits, warnings);
  checkOom(wish, limits, warnings);
}

type Wish = Draft["hostConfig"];
type Limits = Draft["host"]["limits"];

function checkLimit(wish: Wish, limits: Limits, warnings: string[]): void {
  if (wish.Memory !== 0 && wish.Memory < least) throw refuse("Minimum memory limit allowed is 6MB");
  if (wish.Memory > 0 && !limits.memory) {
    warnings.push(
      "Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.",
    );
    wish.Memory = 0;
    wish.MemorySwap = -1;
  }
  if (wish.Memory > 0 && wish.MemorySwap !== -1 && !limits.swap) {
    warnings.push(
      "Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.",
    );
    wish.MemorySwap = -1;
  }
}

function checkSwappiness(wish: Wish, limits: Limits, warnings: string[]): void {
  const swappiness = wish.MemorySwappiness;
  if (swappiness === null) return;
  if (!limits.memorySwappiness) {
    warnings.push(
      "Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.",
    );
    wish.MemorySwappiness = null;
  } else if (swappiness < 0 || swappiness > 100) {
    throw refuse(`Invalid value: ${swappiness}, valid memory swappiness range is 0-100`);
  }
}

function checkReservation(wish: Wish, limits: Limits, warnings: string[]): void {
  if (wish.MemoryReservation > 0 && !limits.memoryReservation) {
    warnings.push(
      "Your kernel does not support memory soft limit capabilities or the cgroup is not mounted. Limitation discarded.",
    );
    wish.MemoryReservation = 0;
  }
  if (wish.MemoryReservation !== 0 && wish.MemoryReservation < least) {
    throw refuse("Minimum memory reservation allowed is 6MB");
  }
  if (wish.Memory > 0 && wish.Memory < wish.MemoryReservation) {
    throw refuse("Minimum memory limit can not be less than memory reservation limit, see usage");
  }
}

function checkOom(wish: Wish, limits: Limits, warnings: string[]): void {
  if (wish.OomKillDisable !== null && !limits.oomKillDisable) {
    if (wish.OomKillDisable) {
      warnings.push("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
    }
    wish.OomKillDisable = null;
  }
  if (wish.OomKillDisable === true && wish.Memory === 0) {
    warnings.push(
      "OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.",
    );
  }
}
