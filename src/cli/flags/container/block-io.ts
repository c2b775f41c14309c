import { invalidArgument } from "../../../errors/engine-error.ts";
import { parseSize } from "../../../lib/parse-size.ts";
import { type FlagValues, listFlag } from "../flag.ts";
import { parseUnsigned } from "../numbers.ts";
import { cut } from "./csv-fields.ts";
import { unsignedFlag } from "./number-flags.ts";

function deviceAnd(text: string): [path: string, value: string] {
  const [path, value] = cut(text, ":");
  if (value === undefined || path === "") throw invalidArgument(`bad format: ${text}`);
  if (!path.startsWith("/dev/")) throw invalidArgument(`bad format for device path: ${text}`);
  return [path, value];
}

function parseWeight(text: string): { Path: string; Weight: number } {
  const [path, value] = deviceAnd(text);
  const weight = /^\d+$/.test(value) ? Number(value) : -1;
  if (weight !== 0 && (weight < 10 || weight > 1000)) {
    throw invalidArgument(`invalid weight for device: ${text}`);
  }
  return { Path: path, Weight: weight };
}

interface Rate {
  readonly Path: string;
  readonly Rate: number;
}

const rate =
  (read: (text: string) => number, format: string) =>
  (text: string): Rate => {
    const [path, value] = deviceAnd(text);
    try {
      return { Path: path, Rate: read(value) };
    } catch (error) {
      throw invalidArgument(`invalid rate for device: ${text}. The correct format is ${format}`, error);
    }
  };

const bytes = rate(
  parseSize,
  "<device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb",
);
const operations = rate(parseUnsigned, "<device-path>:<number>. Number must be a positive integer");

const rateFlag = (help: string, parse: (text: string) => Rate) => listFlag(`${help} (default [])`, { parse });

export const blockIoFlags = {
  "blkio-weight": unsignedFlag(
    "Block IO (relative weight), between 10 and 1000, or 0 to disable",
    "uint16",
    16,
  ),
  "blkio-weight-device": listFlag("Block IO weight (relative device weight) (default [])", {
    parse: parseWeight,
  }),
  "device-read-bps": rateFlag("Limit read rate (bytes per second) from a device", bytes),
  "device-read-iops": rateFlag("Limit read rate (IO per second) from a device", operations),
  "device-write-bps": rateFlag("Limit write rate (bytes per second) to a device", bytes),
  "device-write-iops": rateFlag("Limit write rate (IO per second) to a device", operations),
};

export function blockIoOf(values: FlagValues<typeof blockIoFlags>) {
  return {
    BlkioWeight: values["blkio-weight"],
    BlkioWeightDevice: [...values["blkio-weight-device"]],
    BlkioDeviceReadBps: [...values["device-read-bps"]],
    BlkioDeviceWriteBps: [...values["device-write-bps"]],
    BlkioDeviceReadIOps: [...values["device-read-iops"]],
    BlkioDeviceWriteIOps: [...values["device-write-iops"]],
  };
}
