package org.resnet4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher reads the limits of control groups, here from file trees as Linux lays them out. */
class LauncherTest {
  private static final String UNIFIED =
      "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";

  @TempDir Path root;

  @BeforeEach
  void machineOf24Gigabytes() throws IOException {
    put("proc/meminfo", "MemTotal:       24683656 kB\nMemFree:        20796440 kB\n");
  }

  @Test
  void machineWithoutCgroupLimitsReportsItsOwnMemory() throws Exception {
    put("proc/self/mountinfo", UNIFIED);
    put("proc/self/cgroup", "0::/user.slice\n");
    put("sys/fs/cgroup/user.slice/memory.max", "max\n");
    put("sys/fs/cgroup/user.slice/cpu.max", "max 100000\n");
    assertThat(limits()).isEqualTo("24105 9999");
  }

  @Test
  void tightestLimitOfNestedCgroupsV2Applies() throws Exception {
    put("proc/self/mountinfo", UNIFIED);
    put("proc/self/cgroup", "0::/pods/pod1/c:1\n");
    put("sys/fs/cgroup/pods/cpu.max", "150000 100000\n");
    put("sys/fs/cgroup/pods/pod1/memory.max", "2147483648\n");
    put("sys/fs/cgroup/pods/pod1/c:1/memory.max", "8589934592\n");
    put("sys/fs/cgroup/pods/pod1/c:1/cpu.max", "400000 100000\n");
    assertThat(limits()).isEqualTo("2048 2");
  }

  @Test
  void cgroupV1LimitsAreReadBesideAnEmptyV2Hierarchy() throws Exception {
    put(
        "proc/self/mountinfo",
        """
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """);
    put("proc/self/cgroup", "4:memory:/job\n2:cpu,cpuacct:/job\n1:name=systemd:/x\n0::/\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "3221225472\n");
    put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "50000\n");
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    Files.createDirectories(root.resolve("sys/fs/cgroup/unified"));
    assertThat(limits()).isEqualTo("3072 1");
  }

  /** The layout is Docker's on control groups version 1, with a path that is not visible. */
  @Test
  void limitsAreReadWhereTheMountBeginsAtTheCgroup() throws Exception {
    put(
        "proc/self/mountinfo",
        """
        667 658 0:32 /docker/0a1b /sys/fs/cgroup/memory ro master:15 - cgroup cgroup rw,memory
        668 658 0:33 / /sys/fs/cgroup/cpu ro master:16 - cgroup cgroup rw,cpu
        """);
    put("proc/self/cgroup", "4:memory:/docker/0a1b\n3:cpu:/../../gone\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
    put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n");
    put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    assertThat(limits()).isEqualTo("512 3");
  }

  private void put(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Runs the launcher's function in a shell of its own. */
  private String limits() throws Exception {
    Path launcher = Path.of("..", "resnet").toAbsolutePath();
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "the launcher is for bash");
    Process shell =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                "set -euo pipefail; eval \"$(sed -n '/^limits()/,/^}/p' \"$1\")\"; limits \"$2\"",
                "bash",
                launcher.toString(),
                root.toString())
            .redirectErrorStream(true)
            .start();
    String answer = new String(shell.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(shell.waitFor()).as(answer).isZero();
    return answer;
  }
}
