/** A document before its types are settled: what is written, and where. */
export type YamlNode = ScalarNode | ListNode | MapNode | AliasNode;

interface Written {
  readonly start: number;
  /** In full form, `!reset` or `tag:yaml.org,2002:str`; empty where there is none. */
  readonly tag: string;
}

export interface ScalarNode extends Written {
  readonly kind: "scalar";
  readonly text: string;
  readonly isPlain: boolean;
}

export interface ListNode extends Written {
  readonly kind: "list";
  readonly items: YamlNode[];
}

export interface MapNode extends Written {
  readonly kind: "map";
  /** Keys and values in turn. */
  readonly pairs: [YamlNode, YamlNode][];
}

export interface AliasNode extends Written {
  readonly kind: "alias";
  readonly name: string;
  readonly target: YamlNode;
}
