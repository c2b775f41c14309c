/** Networks every engine has; `default` is another word for the default bridge. */
const predefined = new Set(["bridge", "host", "none", "default"]);

export const isPredefinedNetwork = (name: string): boolean => predefined.has(name);
