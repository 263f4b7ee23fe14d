import { Asker } from "./asker.jsx";

export default function Page() {
  return (
    <main>
      <h1>What an image costs</h1>
      <Asker />
    </main>
  );
}
