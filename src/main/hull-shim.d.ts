/** Made by the build before anything imports it: the path of the shim, inside or outside the executable. */
declare module "*/hull-shim" {
  const path: string;
  export default path;
}
