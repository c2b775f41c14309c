import { NLM_F_CREATE, type Request, text } from "./message.ts";
import type { NetlinkSocket } from "./socket.ts";

/**
 * Elements of nftables sets and maps, changed by nfnetlink itself: 0.1 ms where a run of
 * `nft` costs 2 to 12. A batch is one transaction; it takes effect as a whole or not at all.
 */
export interface ElementChange {
  readonly family: "ip" | "ip6";
  readonly set: string;
  readonly add: boolean;
  /** Key and value as the kernel keeps them: each field padded to four bytes. */
  readonly key: Uint8Array;
  readonly value?: Uint8Array;
}

const NFNL_SUBSYS_NFTABLES = 10;
const NFNL_MSG_BATCH_BEGIN = 16;
const NFNL_MSG_BATCH_END = 17;
const NFT_MSG_NEWSETELEM = (NFNL_SUBSYS_NFTABLES << 8) | 12;
const NFT_MSG_DELSETELEM = (NFNL_SUBSYS_NFTABLES << 8) | 14;
const NFTA_SET_ELEM_LIST_TABLE = 1;
const NFTA_SET_ELEM_LIST_SET = 2;
const NFTA_SET_ELEM_LIST_ELEMENTS = 3;
const NFTA_LIST_ELEM = 1;
const NFTA_SET_ELEM_KEY = 1;
const NFTA_SET_ELEM_DATA = 2;
const NFTA_DATA_VALUE = 1;
const families = { ip: 2, ip6: 10 } as const;
const NLM_F_ACK = 4;

/** `struct nfgenmsg`: family, version 0, and the subsystem for the batch frame. */
const generalHeader = (family: number, resource: number) => Buffer.from([family, 0, 0, resource]);

const frame = (type: number): Request => ({
  type,
  flags: 0,
  header: generalHeader(0, NFNL_SUBSYS_NFTABLES),
});

function elementRequest(table: string, change: ElementChange, isLast: boolean): Request {
  return {
    type: change.add ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM,
    // Failures are always told. One success is enough, and a thousand would not fit the answer queue.
    flags: (change.add ? NLM_F_CREATE : 0) | (isLast ? NLM_F_ACK : 0),
    header: generalHeader(families[change.family], 0),
    attributes: [
      [NFTA_SET_ELEM_LIST_TABLE, text(table)],
      [NFTA_SET_ELEM_LIST_SET, text(change.set)],
      [
        NFTA_SET_ELEM_LIST_ELEMENTS,
        [
          [
            NFTA_LIST_ELEM,
            [
              [NFTA_SET_ELEM_KEY, [[NFTA_DATA_VALUE, change.key]]],
              ...(change.value && change.add
                ? [[NFTA_SET_ELEM_DATA, [[NFTA_DATA_VALUE, change.value]]] as const]
                : []),
            ],
          ],
        ],
      ],
    ],
  };
}

/**
 * All of the changes or none. Keep the socket between calls: closing one waits up to 15 ms for
 * the removal of old elements.
 */
export function changeElements(
  socket: NetlinkSocket,
  table: string,
  changes: readonly ElementChange[],
): void {
  if (changes.length === 0) return;
  const requests = [
    frame(NFNL_MSG_BATCH_BEGIN),
    ...changes.map((change, index) => elementRequest(table, change, index === changes.length - 1)),
    frame(NFNL_MSG_BATCH_END),
  ];
  socket.transact(
    `change ${changes.length} published ports in nftables table "${table}"`,
    requests,
    changes.length,
  );
}
