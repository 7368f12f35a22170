/** What the actors rely on of their ports, asked of anything that implements them. */
export { type CatalogRig, catalogContract } from "./ports/catalog.ts";
export { type ColdStoreRig, coldStoreContract } from "./ports/cold-store.ts";
export { type ObjectStoreRig, objectStoreContract } from "./ports/object-store.ts";
