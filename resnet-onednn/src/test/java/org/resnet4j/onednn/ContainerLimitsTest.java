package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The limits of control groups are read from file trees as Linux, Docker, systemd and Kubernetes
 * lay them out.
 */
class ContainerLimitsTest {
  private static final long MIB = 1 << 20;
  private static final String UNLIMITED_V1 = "9223372036854771712";

  /** The mounts of a Debian with a single hierarchy of version 2. */
  private static final String UNIFIED =
      "35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n";

  /** The mounts of a machine with controllers in version 1 and an empty version 2 beside it. */
  private static final String HYBRID =
      """
      31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
      32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
      35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
      40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
      41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
      """;

  @TempDir Path root;

  @Test
  void machineWithoutControlGroupsHasNoLimits() {
    assertThat(limits()).isEqualTo(new ContainerLimits(null, null));
  }

  /** The root cgroup has no such files, and "max" is no limit. */
  @Test
  void unlimitedCgroupsHaveNoLimits() throws IOException {
    put("proc/self/mountinfo", UNIFIED);
    put("proc/self/cgroup", "0::/user.slice/session-1.scope\n");
    put("sys/fs/cgroup/user.slice/memory.max", "max\n");
    put("sys/fs/cgroup/user.slice/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/user.slice/session-1.scope/memory.max", "max\n");
    assertThat(limits()).isEqualTo(new ContainerLimits(null, null));
  }

  /** Docker and Kubernetes show a container its own group as the root of the tree. */
  @Test
  void cgroupV2LimitsAreReadInAPrivateNamespace() throws IOException {
    put("proc/self/mountinfo", UNIFIED);
    put("proc/self/cgroup", "0::/\n");
    memory("sys/fs/cgroup", 4096, 1000, 300);
    put("sys/fs/cgroup/cpu.max", "150000 100000\n");
    ContainerLimits limits = limits();
    assertThat(limits.memory())
        .isEqualTo(
            new ContainerLimits.Memory(
                4096 * MIB, (4096 - 1000 + 300) * MIB, file("sys/fs/cgroup/memory.max")));
    assertThat(limits.cpu()).isEqualTo(new ContainerLimits.Cpu(1.5, file("sys/fs/cgroup/cpu.max")));
    assertThat(new ContainerLimits.Cpu(1.5, "").threads()).isEqualTo(2);
    assertThat(new ContainerLimits.Cpu(0.1, "").threads()).isEqualTo(1);
  }

  /** A pod of 2 GiB contains a container of 8 GiB, and the CPU quota is on the slice above. */
  @Test
  void tightestLimitOfNestedCgroupsApplies() throws IOException {
    put("proc/self/mountinfo", UNIFIED);
    put("proc/self/cgroup", "0::/kubepods.slice/pod1/c:1\n");
    String pods = "sys/fs/cgroup/kubepods.slice";
    put(pods + "/cpu.max", "50000 100000\n");
    memory(pods, 16_384, 9000, 0);
    memory(pods + "/pod1", 2048, 500, 0);
    memory(pods + "/pod1/c:1", 8192, 500, 0);
    put(pods + "/pod1/c:1/cpu.max", "400000 100000\n");
    ContainerLimits limits = limits();
    assertThat(limits.memory())
        .isEqualTo(
            new ContainerLimits.Memory(2048 * MIB, 1548 * MIB, file(pods + "/pod1/memory.max")));
    assertThat(limits.cpu()).isEqualTo(new ContainerLimits.Cpu(0.5, file(pods + "/cpu.max")));
  }

  /** The larger limit is the tighter one if other processes use most of it. */
  @Test
  void leastRemainingMemoryAppliesRatherThanTheSmallestLimit() throws IOException {
    put("proc/self/mountinfo", UNIFIED);
    put("proc/self/cgroup", "0::/a/b\n");
    memory("sys/fs/cgroup/a", 4096, 4000, 0);
    memory("sys/fs/cgroup/a/b", 2048, 100, 0);
    assertThat(limits().memory())
        .isEqualTo(
            new ContainerLimits.Memory(4096 * MIB, 96 * MIB, file("sys/fs/cgroup/a/memory.max")));
  }

  @Test
  void cgroupV1LimitsAreReadBesideAnEmptyV2Hierarchy() throws IOException {
    put("proc/self/mountinfo", HYBRID);
    put("proc/self/cgroup", "4:memory:/job\n2:cpu,cpuacct:/job\n1:name=systemd:/x\n0::/\n");
    String memory = "sys/fs/cgroup/memory";
    put(memory + "/memory.limit_in_bytes", UNLIMITED_V1 + "\n");
    put(memory + "/job/memory.limit_in_bytes", 3072 * MIB + "\n");
    put(memory + "/job/memory.usage_in_bytes", 72 * MIB + "\n");
    put(
        memory + "/job/memory.stat",
        "cache 9\ninactive_file 5\ntotal_inactive_file " + 10 * MIB + "\n");
    put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "100000\n");
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "50000\n");
    Files.createDirectories(root.resolve("sys/fs/cgroup/unified"));
    ContainerLimits limits = limits();
    assertThat(limits.memory())
        .isEqualTo(
            new ContainerLimits.Memory(
                3072 * MIB, 3010 * MIB, file(memory + "/job/memory.limit_in_bytes")));
    assertThat(limits.cpu())
        .isEqualTo(
            new ContainerLimits.Cpu(2, file("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us")));
  }

  /** Docker on version 1 shows the host's path, and the mount begins at the container's group. */
  @Test
  void limitsAreReadWhereTheMountBeginsAtTheCgroup() throws IOException {
    put(
        "proc/self/mountinfo",
        "667 658 0:32 /docker/0a1b /sys/fs/cgroup/memory ro,nosuid master:15 - cgroup cgroup rw,memory\n");
    put("proc/self/cgroup", "4:memory:/docker/0a1b\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", 512 * MIB + "\n");
    assertThat(limits().memory())
        .isEqualTo(
            new ContainerLimits.Memory(
                512 * MIB, 512 * MIB, file("sys/fs/cgroup/memory/memory.limit_in_bytes")));
  }

  /** The files of the mount apply if the path does not exist or leads out of the mount. */
  @Test
  void limitsOfTheMountApplyWhereTheCgroupPathIsNotVisible() throws IOException {
    for (String path : new String[] {"/gone/elsewhere", "/../../host", "/.."}) {
      put("proc/self/mountinfo", UNIFIED);
      put("proc/self/cgroup", "0::" + path + "\n");
      memory("sys/fs/cgroup", 1024, 24, 0);
      memory("sys/fs", 1, 0, 0);
      assertThat(limits().memory())
          .as(path)
          .isEqualTo(
              new ContainerLimits.Memory(1024 * MIB, 1000 * MIB, file("sys/fs/cgroup/memory.max")));
    }
  }

  @Test
  void limitsAreReadFromAMountPointWithASpace() throws IOException {
    put("proc/self/mountinfo", UNIFIED.replace("/sys/fs/cgroup ", "/my\\040groups "));
    put("proc/self/cgroup", "0::/\n");
    memory("my groups", 100, 0, 0);
    assertThat(limits().memory())
        .isEqualTo(new ContainerLimits.Memory(100 * MIB, 100 * MIB, file("my groups/memory.max")));
  }

  @Test
  void unreadableFilesImposeNoLimit() throws IOException {
    put("proc/self/mountinfo", UNIFIED + "a b\n1 2 3 / /x - cgroup2\n - \n");
    put("proc/self/cgroup", "0::/\nx\n\n");
    put("sys/fs/cgroup/memory.max", "many\n");
    put("sys/fs/cgroup/cpu.max", "100000\n");
    Files.createDirectories(root.resolve("sys/fs/cgroup/memory.stat"));
    assertThat(limits().memory()).isNull();
    put("sys/fs/cgroup/cpu.max", "\n");
    assertThat(limits().cpu()).isNull();
    put("sys/fs/cgroup/memory.max", "0\n");
    assertThat(limits().memory())
        .isEqualTo(new ContainerLimits.Memory(0, 0, file("sys/fs/cgroup/memory.max")));
  }

  /** The usage exceeds a limit that was lowered later. */
  @Test
  void limitBelowTheUsageLeavesNoMemory() throws IOException {
    put("proc/self/mountinfo", UNIFIED);
    put("proc/self/cgroup", "0::/\n");
    memory("sys/fs/cgroup", 100, 200, 10);
    assertThat(limits().memory())
        .isEqualTo(new ContainerLimits.Memory(100 * MIB, 0, file("sys/fs/cgroup/memory.max")));
  }

  private void memory(String group, long limit, long usage, long inactiveFile) throws IOException {
    put(group + "/memory.max", limit * MIB + "\n");
    put(group + "/memory.current", usage * MIB + "\n");
    put(
        group + "/memory.stat",
        "anon 1\nfile 2\ninactive_file " + inactiveFile * MIB + "\nactive_file 3\n");
  }

  private void put(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private String file(String path) {
    return root.resolve(path).toString();
  }

  private ContainerLimits limits() {
    return ContainerLimits.of(root);
  }
}
