/** esbuild hands over the file's text. */
declare module "*.svg" {
  const svg: string;
  export default svg;
}
