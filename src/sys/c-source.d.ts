/** C that Bun's own compiler turns into functions when the program runs. */
declare module "*.c" {
  const source: string;
  export default source;
}
