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
 * A control group that contains this process, directly or through a subgroup.
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

  /** Returns every group around this process, in a file system whose root is {@code root}. */
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
      // Fields are hierarchy:controllers:path; a path may contain colons.
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

  /** Adds the group at {@code path} and all groups above it, up to the mount point of the tree. */
  private static void addAll(
      List<ControlGroup> groups, Mount mount, List<String> controllers, String path, Path root) {
    Path top = root.resolve(mount.point.substring(1)).normalize();
    // A container may see only a part of the tree, with its own group at the top.
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

  /** Returns a field of mountinfo with its octal escapes of spaces and backslashes decoded. */
  private static String unescaped(String field) {
    return OCTAL
        .matcher(field)
        .replaceAll(
            octal ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
  }

  /** Returns the lines of a file, or none if it cannot be read. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, UTF_8);
    } catch (IOException e) {
      return List.of();
    }
  }
}
