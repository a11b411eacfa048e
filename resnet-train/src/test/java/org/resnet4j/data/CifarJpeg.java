package org.resnet4j.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.resnet4j.image.ImageFiles;

/** Rewrites CIFAR-10's images, kept as JPEG in a zip, in CIFAR's binary format. */
final class CifarJpeg {
  private CifarJpeg() {}

  /**
   * Writes {@code PART/CLASS/NNNN.jpg} in the order of their names.
   *
   * @return names of the classes, in the order of their labels
   */
  static List<String> write(Path zip, String part, Path to) throws IOException {
    try (ZipFile entries = new ZipFile(zip.toFile());
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(to))) {
      List<String> names =
          entries.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.matches(".*\\b" + part + "/[^/]+/[^/]+\\.jpg"))
              .sorted()
              .toList();
      List<String> classes = names.stream().map(CifarJpeg::className).distinct().toList();
      for (String name : names) {
        try (InputStream in = entries.getInputStream(entries.getEntry(name))) {
          out.write(classes.indexOf(className(name)));
          out.write(ImageFiles.read(name, in).pixels());
        }
      }
      return classes;
    }
  }

  private static String className(String entry) {
    String[] parts = entry.split("/", -1);
    return parts[parts.length - 2];
  }
}
