package org.resnet4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFiles;

/**
 * Labelled image files, decoded when they are read; paths and labels are held in memory.
 *
 * <p>{@link ImageFolder} and {@link ImageList} find the files.
 */
public final class FileSource implements ImageSource {
  private final Path root;
  private final List<String> classes;
  private final String[] paths;
  private final int[] labels;
  private final String others;

  private FileSource(Path root, List<String> classes, String[] paths, int[] labels, String others) {
    this.root = root;
    this.classes = classes;
    this.paths = paths;
    this.labels = labels;
    this.others = others;
  }

  /** Collects the files of a source. */
  static final class Builder {
    private final Path root;
    private final List<String> classes;
    private final List<String> paths = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    Builder(Path root, List<String> classes) {
      this.root = root;
      this.classes = List.copyOf(classes);
    }

    /** Adds a file by its path relative to the root, or absolute. */
    void add(int label, String path) {
      labels.add(label);
      paths.add(path);
    }

    /** Returns the source; {@code others} describes the files that were skipped, or is empty. */
    FileSource build(String others) {
      int[] numbers = labels.stream().mapToInt(Integer::intValue).toArray();
      return new FileSource(root, classes, paths.toArray(String[]::new), numbers, others);
    }
  }

  /** Returns the images at zero-based {@code indices}, in this order. */
  public FileSource select(int... indices) {
    String[] chosen = new String[indices.length];
    int[] theirs = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      chosen[i] = paths[indices[i]];
      theirs[i] = labels[indices[i]];
    }
    return new FileSource(root, classes, chosen, theirs, others);
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
    return labels[index];
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
