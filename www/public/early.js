// Keeps what is dropped before the page's program is there: the program takes it, and listens by itself from then on.
const dropped = [];

const isForTheList = ({ types }) => types.includes("Files") || types.includes("text/uri-list");

function onDragOver(event) {
  if (isForTheList(event.dataTransfer)) event.preventDefault();
}

function onDrop(event) {
  if (!isForTheList(event.dataTransfer)) return;
  event.preventDefault();
  for (const item of event.dataTransfer.items) {
    const entry = item.webkitGetAsEntry?.();
    if (entry?.isDirectory) dropped.push(entry);
    else if (item.kind === "file") dropped.push(item.getAsFile());
    else if (item.type === "text/uri-list") dropped.push(event.dataTransfer.getData(item.type));
  }
}

addEventListener("dragover", onDragOver);
addEventListener("drop", onDrop);

window.takeEarlyDrops = () => {
  removeEventListener("dragover", onDragOver);
  removeEventListener("drop", onDrop);
  return dropped.splice(0);
};
