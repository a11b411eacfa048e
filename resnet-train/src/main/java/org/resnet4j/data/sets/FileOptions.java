package org.resnet4j.data.sets;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.FileSource;
import org.resnet4j.data.HeldOut;

/**
 * The options of the user's own images.
 *
 * @param chosen split of images that have none, or null for the usual one
 * @param leftOut paths of images to leave out, relative to the dataset's folder
 * @param numbered classes in the order of their numbers; without effect if the classes are others
 */
record FileOptions(@Nullable HeldOut chosen, List<String> leftOut, List<String> numbered) {
  static final FileOptions NONE = new FileOptions(null, List.of(), List.of());

  FileOptions {
    leftOut = List.copyOf(leftOut);
    numbered = List.copyOf(numbered);
  }

  HeldOut heldOut() {
    return chosen == null ? HeldOut.USUAL : chosen;
  }

  /** Returns the classes in the order of their numbers. */
  List<String> order(List<String> classes) {
    boolean same =
        numbered.size() == classes.size() && new HashSet<>(classes).equals(new HashSet<>(numbered));
    return same ? numbered : classes;
  }

  /** Returns the split of images that have none: the random share of {@code whole}. */
  OpenDataset held(DatasetSpec spec, Path place, Split split, FileSource whole) throws IOException {
    HeldOut how = heldOut();
    String sum = Fingerprint.ofFiles(whole);
    return opened(
        spec,
        place,
        split,
        how.select(whole, split == Split.TEST),
        "%s images; a random %s of every class is for the test"
            .formatted(split.adjective(), how.percent()),
        how.equals(HeldOut.USUAL) ? sum : Fingerprint.ofSplit(sum, how),
        how.equals(HeldOut.USUAL) ? null : how);
  }

  /** Returns all images of {@code source}. */
  OpenDataset all(DatasetSpec spec, Path place, Split split, FileSource source, String what)
      throws IOException {
    return opened(spec, place, split, source, what, Fingerprint.ofFiles(source), null);
  }

  private OpenDataset opened(
      DatasetSpec spec,
      Path place,
      Split split,
      FileSource source,
      String what,
      String fingerprint,
      @Nullable HeldOut how) {
    Set<String> out = Set.copyOf(leftOut);
    int[] used =
        IntStream.range(0, source.size())
            .filter(
                i -> out.isEmpty() || !out.contains(relative(place, source.file(i).orElseThrow())))
            .toArray();
    FileSource left = source.select(used);
    List<String> gone =
        left.size() == source.size()
            ? List.of()
            : IntStream.range(0, source.size())
                .mapToObj(i -> relative(place, source.file(i).orElseThrow()))
                .filter(out::contains)
                .toList();
    String origin =
        "%s, %s: %s%s%s"
            .formatted(
                spec.title(),
                shown(source.root().startsWith(place) ? source.root() : place),
                DatasetLocation.number(left.size()) + " " + what,
                gone.isEmpty() ? "" : "; " + DatasetLocation.number(gone.size()) + " left out",
                source.others().isEmpty() ? "" : "; " + source.others());
    return new OpenDataset(spec, split, left, origin, fingerprint, how, gone);
  }

  /** Returns the name of a folder in messages; the current one is a point. */
  private static String shown(Path folder) {
    return folder.toString().isEmpty() ? "." : folder.toString();
  }

  /** Returns the path of a file relative to a folder, with slashes; absolute if it is elsewhere. */
  static String relative(Path folder, Path file) {
    return (file.startsWith(folder) ? folder.relativize(file) : file)
        .toString()
        .replace(File.separatorChar, '/');
  }
}
