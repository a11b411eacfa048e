package org.resnet4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFiles;

/** The images of class folders, decoded when they are read; names and labels are held in memory. */
record FolderSource(Path root, List<String> classes, String[] names, int[] labels)
    implements ImageSource {
  /** Collects the files of a source. */
  static final class Builder {
    private final Path root;
    private final List<String> classes;
    private final List<String> names = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    Builder(Path root, List<String> classes) {
      this.root = root;
      this.classes = List.copyOf(classes);
    }

    void add(int label, String name) {
      labels.add(label);
      names.add(name);
    }

    FolderSource build() {
      int[] numbers = labels.stream().mapToInt(Integer::intValue).toArray();
      return new FolderSource(root, classes, names.toArray(String[]::new), numbers);
    }
  }

  @Override
  public int size() {
    return names.length;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public Image read(int index) throws IOException {
    return ImageFiles.read(file(index));
  }

  @Override
  public <T> T read(int index, Function<Image, T> use) throws IOException {
    return ImageFiles.read(file(index), use);
  }

  @Override
  public String name(int index) {
    return file(index).toString();
  }

  private Path file(int index) {
    return root.resolve(classes.get(labels[index])).resolve(names[index]);
  }

  @Override
  public void close() {}
}
