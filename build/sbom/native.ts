import sharp from "sharp";
import type { Package } from "./packages.ts";

/**
 * The libraries inside the layer's libvips. Their versions are the ones that sharp has here: its packages for all
 * machines are made of the same. Under which licence each is used is what the README of @img/sharp-libvips says.
 * @throws Error `LIBRARY_UNKNOWN` for one whose licence nobody has looked up.
 */
export function nativeLibraries(versions: Readonly<Record<string, string | undefined>> = sharp.versions): Package[] {
  return Object.entries(versions).flatMap(([key, version]) => {
    if (key === "sharp" || version === undefined) return [];
    const [name, licence] = libraries[key] ?? [];
    if (name === undefined || licence === undefined)
      throw new Error(
        `LIBRARY_UNKNOWN: Expected to know the licence of each library in libvips, but not of ${key}. Look in the README of @img/sharp-libvips-linux-arm64, and add it to build/sbom/native.ts.`,
      );
    return [{ kind: "native", name, version, licence } as const];
  });
}

const libraries: Readonly<Record<string, readonly [name: string, licence: string]>> = {
  aom: ["aom", "BSD-2-Clause"],
  archive: ["libarchive", "BSD-2-Clause"],
  cairo: ["cairo", "MPL-1.1"],
  cgif: ["cgif", "MIT"],
  exif: ["libexif", "LGPL-3.0-or-later"],
  expat: ["expat", "MIT"],
  ffi: ["libffi", "MIT"],
  fontconfig: ["fontconfig", "HPND-sell-variant"],
  freetype: ["freetype", "FTL"],
  fribidi: ["fribidi", "LGPL-3.0-or-later"],
  glib: ["glib", "LGPL-3.0-or-later"],
  harfbuzz: ["harfbuzz", "MIT"],
  heif: ["libheif", "LGPL-3.0-or-later"],
  highway: ["highway", "BSD-3-Clause"],
  imagequant: ["libimagequant", "BSD-2-Clause"],
  lcms: ["lcms", "MIT"],
  mozjpeg: ["mozjpeg", "Zlib AND IJG AND BSD-3-Clause"],
  pango: ["pango", "LGPL-3.0-or-later"],
  pixman: ["pixman", "MIT"],
  png: ["libpng", "libpng-2.0"],
  "proxy-libintl": ["proxy-libintl", "LGPL-3.0-or-later"],
  rsvg: ["librsvg", "LGPL-3.0-or-later"],
  tiff: ["libtiff", "libtiff"],
  uhdr: ["libultrahdr", "MIT"],
  vips: ["libvips", "LGPL-3.0-or-later"],
  webp: ["libwebp", "BSD-3-Clause"],
  xml2: ["libxml2", "MIT"],
  "zlib-ng": ["zlib-ng", "Zlib"],
};
