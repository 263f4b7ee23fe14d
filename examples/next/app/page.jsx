import { Asker } from "./asker.jsx";

export default function Page() {
  return (
    <main>
      <h1>What a picture costs</h1>
      <Asker />
    </main>
  );
}
