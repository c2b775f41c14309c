/** The word after `hull` that makes the process a resolver; its argument is the exec root. */
export const resolverCommand = "resolver";
