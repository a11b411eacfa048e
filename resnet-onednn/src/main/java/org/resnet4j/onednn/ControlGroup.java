package org.resnet4j.onednn;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A group that this process is in, itself or through a group below it.
 *
 * @param controllers of version 1, such as "memory"; empty for version 2, which has all in one tree
 * @param folder of its files
 */
record ControlGroup(List<String> controllers, Path folder) {
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  /** A line of {@code /proc/self/mountinfo} for one tree of groups. */
  private record Mount(boolean unified, List<String> options, String top, String point) {}

  boolean isUnified() {
    return controllers.isEmpty();
  }

  boolean controls(String controller) {
    return isUnified() || controllers.contains(controller);
  }

  /** Every group around this process, of a file system whose root is {@code root}. */
  static List<ControlGroup> around(Path root) {
    List<Mount> mounts =
        lines(root.resolve("proc/self/mountinfo")).stream()
            .map(line -> line.split(" ", -1))
            .filter(fields -> Arrays.asList(fields).indexOf("-") >= 6)
            .map(ControlGroup::mount)
            .filter(mount -> mount.unified || !mount.options.isEmpty())
            .toList();
    List<ControlGroup> groups = new ArrayList<>();
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      // hierarchy:controllers:path; a path may have colons.
      String[] fields = line.split(":", 3);
      if (fields.length == 3) {
        List<String> controllers =
            Arrays.stream(fields[1].split(",", -1)).filter(name -> !name.isEmpty()).toList();
        for (Mount mount : mounts) {
          if (mount.unified == controllers.isEmpty()
              && (mount.unified || mount.options.containsAll(controllers))) {
            addAll(groups, mount, controllers, fields[2], root);
          }
        }
      }
    }
    return groups;
  }

  private static Mount mount(String[] fields) {
    int dash = Arrays.asList(fields).indexOf("-");
    String type = dash + 1 < fields.length ? fields[dash + 1] : "";
    String options = dash + 3 < fields.length ? fields[dash + 3] : "";
    return new Mount(
        type.equals("cgroup2"),
        type.equals("cgroup") ? List.of(options.split(",", -1)) : List.of(),
        unescaped(fields[3]),
        unescaped(fields[4]));
  }

  /** The group at {@code path} and all above it, up to where the tree is mounted. */
  private static void addAll(
      List<ControlGroup> groups, Mount mount, List<String> controllers, String path, Path root) {
    Path top = root.resolve(mount.point.substring(1)).normalize();
    // A container may see a part of the tree, whose top is its own group.
    String below =
        path.equals(mount.top)
            ? ""
            : path.startsWith(mount.top + "/") ? path.substring(mount.top.length()) : path;
    Path folder = top.resolve(below.replaceFirst("^/+", "")).normalize();
    if (!folder.startsWith(top) || !Files.isDirectory(folder)) {
      folder = top;
    }
    for (; folder != null && folder.startsWith(top); folder = folder.getParent()) {
      groups.add(new ControlGroup(controllers, folder));
    }
  }

  /** Mountinfo writes spaces and backslashes in octal. */
  private static String unescaped(String field) {
    return OCTAL
        .matcher(field)
        .replaceAll(
            octal ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
  }

  /** None when the file cannot be read. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, UTF_8);
    } catch (IOException e) {
      return List.of();
    }
  }
}
