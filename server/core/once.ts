// Owns what is made when it is first asked for, once for all who ask. What could not be made is not remembered: whoever
// asks next has it tried anew.

export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return async () => {
    made ??= make();
    try {
      return await made;
    } catch (error) {
      made = undefined;
      throw error;
    }
  };
}
