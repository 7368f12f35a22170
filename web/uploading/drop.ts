export interface DropDeps {
  /** Lights up while files hang over the page. */
  readonly area: HTMLElement;
  /** File inputs: the picker and the camera. */
  readonly inputs: readonly HTMLInputElement[];
  readonly onFiles: (files: File[]) => void;
}

/** Takes files in every way a browser can hand them over: picked, photographed, pasted, or dropped anywhere on the page. */
export function listenForFiles({ area, inputs, onFiles }: DropDeps): void {
  const take = (files: File[]) => files.length > 0 && onFiles(files);

  for (const input of inputs)
    input.addEventListener("change", () => {
      take([...(input.files ?? [])]);
      // The same file may be picked again.
      input.value = "";
    });

  document.addEventListener("paste", ({ clipboardData }) => {
    const images = [...(clipboardData?.files ?? [])].filter(({ type }) => type.startsWith("image/"));
    take(images.map(named));
  });

  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    area.classList.add("over");
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) area.classList.remove("over");
  });
  document.addEventListener("drop", async (event) => {
    area.classList.remove("over");
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    take(await filesOf(event.dataTransfer));
  });
}

/** Browsers call every pasted picture "image.png"; the time tells them apart. */
function named(file: File): File {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  return new File([file], `pasted-${time}${file.name.slice("image".length)}`, { type: file.type });
}

/** Files and, all the way down, the files of folders. The list dies with the event, so entries are taken at once. */
async function filesOf({ items }: DataTransfer): Promise<File[]> {
  const dropped = [...items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found = await Promise.all(dropped.map((each) => (each instanceof File ? [each] : each ? walk(each) : [])));
  return found.flat();
}

async function walk(entry: FileSystemEntry): Promise<File[]> {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile)
    return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileSystemEntry[] = [];
  // A reader hands over a hundred at a time, and then an empty list.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(walk))).flat();
}
