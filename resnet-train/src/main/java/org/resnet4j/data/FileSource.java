package org.resnet4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFiles;

/**
 * Labelled image files, decoded when they are read; paths and labels are held in memory. Images
 * with equal labels share one array of them.
 *
 * <p>{@link ImageFolder} and {@link ImageList} find the files.
 */
public final class FileSource implements ImageSource {
  private final Path root;
  private final List<String> classes;
  private final String[] paths;
  private final int[][] labels;
  private final boolean multiLabel;
  private final String others;

  private FileSource(FileSource whole, String[] paths, int[][] labels) {
    root = whole.root;
    classes = whole.classes;
    multiLabel = whole.multiLabel;
    others = whole.others;
    this.paths = paths;
    this.labels = labels;
  }

  private FileSource(Builder files, String others) {
    root = files.root;
    classes = files.classes;
    multiLabel = files.multiLabel;
    paths = files.paths.toArray(String[]::new);
    labels = files.labels.toArray(int[][]::new);
    this.others = others;
  }

  /** Collects the files of a source. */
  static final class Builder {
    private final Path root;
    private final List<String> classes;
    private final boolean multiLabel;
    private final List<String> paths = new ArrayList<>();
    private final List<int[]> labels = new ArrayList<>();
    private final Map<List<Integer>, int[]> known = new HashMap<>();

    /** Creates a builder of a source of one label an image. */
    Builder(Path root, List<String> classes) {
      this(root, classes, false);
    }

    Builder(Path root, List<String> classes, boolean multiLabel) {
      this.root = root;
      this.classes = List.copyOf(classes);
      this.multiLabel = multiLabel;
    }

    /** Adds a file by its path relative to the root, or absolute. */
    void add(int label, String path) {
      add(List.of(label), path);
    }

    /** Adds a file with labels in ascending order, exactly one unless there may be several. */
    void add(List<Integer> ofFile, String path) {
      labels.add(
          known.computeIfAbsent(
              ofFile, some -> some.stream().mapToInt(Integer::intValue).toArray()));
      paths.add(path);
    }

    /** Returns the source; {@code others} describes the files that were skipped, or is empty. */
    FileSource build(String others) {
      return new FileSource(this, others);
    }
  }

  /** Returns the images at zero-based {@code indices}, in this order. */
  public FileSource select(int... indices) {
    String[] chosen = new String[indices.length];
    int[][] theirs = new int[indices.length][];
    for (int i = 0; i < indices.length; i++) {
      chosen[i] = paths[indices[i]];
      theirs[i] = labels[indices[i]];
    }
    return new FileSource(this, chosen, theirs);
  }

  /** Returns the folder that the paths are relative to. */
  public Path root() {
    return root;
  }

  /** Returns the path of an image relative to the root, with slashes, or its absolute path. */
  public String path(int index) {
    return paths[index];
  }

  /** Returns a text such as "3 other files skipped, for example Thumbs.db"; empty if none was. */
  public String others() {
    return others;
  }

  @Override
  public int size() {
    return paths.length;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    if (multiLabel) {
      throw new UnsupportedOperationException(
          name(index) + ": expected a source of one label an image; ask for its labels");
    }
    return labels[index][0];
  }

  @Override
  public boolean isMultiLabel() {
    return multiLabel;
  }

  @Override
  public int[] labels(int index) {
    return labels[index].clone();
  }

  @Override
  public Image read(int index) throws IOException {
    return ImageFiles.read(at(index));
  }

  @Override
  public <T> T read(int index, Function<Image, T> use) throws IOException {
    return ImageFiles.read(at(index), use);
  }

  @Override
  public String name(int index) {
    return at(index).toString();
  }

  @Override
  public Optional<Path> file(int index) {
    return Optional.of(at(index));
  }

  private Path at(int index) {
    return root.resolve(paths[index]);
  }

  @Override
  public void close() {}
}
