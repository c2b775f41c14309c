import { isMap, type YamlList, type YamlMap } from "../../yaml/yaml-value.ts";

/** Address pools of a network: those of one subnet are merged, others stand side by side. */
export function mergePools(
  base: YamlList,
  over: YamlList,
  merge: (pool: YamlMap, other: YamlMap) => YamlMap,
): YamlList {
  const pools: YamlMap[] = [];
  const find = (pool: YamlMap) => pools.findIndex((known) => known.subnet === pool.subnet);
  for (const before of base.filter(isMap)) {
    for (const after of over.filter(isMap)) {
      if (after.subnet !== before.subnet && find(after) < 0) {
        pools.push(after);
        continue;
      }
      const merged = merge(before, after);
      const index = find(merged);
      if (index >= 0) pools[index] = merged;
      else pools.push(merged);
    }
  }
  return pools;
}
