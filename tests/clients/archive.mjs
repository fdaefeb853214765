// Reads a PMTiles archive with the libraries of web maps; arguments: archive, number of parcels.
import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../.tools/package.json", import.meta.url));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { PMTiles } = await load("pmtiles");
const { VectorTile } = await load("@mapbox/vector-tile");
const pbf = await load("pbf");
const Pbf = pbf.PbfReader ?? pbf.default;

const file = await open(process.argv[2]);
const source = {
  getKey: () => process.argv[2],
  async getBytes(offset, length) {
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, offset);
    return { data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + length) };
  },
};
const decompress = async (bytes, kind) => (kind === 2 ? gunzipSync(Buffer.from(bytes)) : Buffer.from(bytes));
const archive = new PMTiles(source, undefined, async (bytes, kind) => {
  const out = await decompress(bytes, kind);
  return out.buffer.slice(out.byteOffset, out.byteOffset + out.byteLength);
});
const header = await archive.getHeader();
const metadata = await archive.getMetadata();
const assert = (holds, what) => {
  if (!holds) throw new Error(what);
};
assert(header.specVersion === 3 && header.clustered && header.maxZoom === 14, JSON.stringify(header));
assert(metadata.vector_layers.some((layer) => layer.id === "parcels" && layer.fields.stage === "String"), "layers");
const side = 2 ** 14;
const column = (lon) => Math.floor(((lon + 180) / 360) * side);
const row = (lat) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * side);
const parcels = new Set();
let tiles = 0;
for (let x = column(header.minLon); x <= column(header.maxLon); x++) {
  for (let y = row(header.maxLat); y <= row(header.minLat); y++) {
    const tile = await archive.getZxy(14, x, y);
    if (!tile) continue;
    tiles++;
    const layer = new VectorTile(new Pbf(new Uint8Array(tile.data))).layers.parcels;
    for (let n = 0; n < (layer?.length ?? 0); n++) parcels.add(layer.feature(n).id);
  }
}
assert(parcels.size === Number(process.argv[3]), `${parcels.size} parcels`);
console.log(`pmtiles: ${header.numAddressedTiles} tiles, ${tiles} at zoom 14, ${parcels.size} parcels`);
