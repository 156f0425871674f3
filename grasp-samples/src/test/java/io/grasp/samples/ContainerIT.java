package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * The image that {@code Containerfile} describes, built and run by podman. Without podman, its steps are carried out in
 * a new Debian system, and its command runs there with the same restrictions. As root, after a build with the profile
 * {@code packages}.
 */
@Tag("long")
@Timeout(1200)
class ContainerIT {
    private static final Path CONTAINERFILE = Path.of("src/packaging/Containerfile");
    private static final String USER = "65532";
    private static final String RESTRICTIONS =
            "id -u; id -g; touch /etc/x && echo written; grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status";

    @TempDir
    private Path directory;

    private DebianRoot root;
    private RunningProcess node;

    @AfterEach
    void remove() throws IOException {
        if (node != null) {
            node.kill();
        }
        DebianRoot.run(
                "rm", "-rf", "--one-file-system", directory.resolve("storage").toString());
        if (root != null) {
            root.close();
        }
    }

    /** What the steps of the file make. */
    private interface Image {
        /**
         * {@return what starts a container}
         *
         * @param command what it runs; empty for the command of the image
         */
        ProcessBuilder container(String... command) throws IOException;

        /** {@return the process of a container that ends it in order after the signal TERM} */
        ProcessHandle main(Process container);
    }

    @Test
    void aNodeRunsWithoutPrivilegesOnAReadOnlyRootUntilItIsStopped() throws Exception {
        Path built = DebianRoot.builtPackage();
        DebianRoot.assumePossible();
        root = DebianRoot.create(directory.resolve("root"));
        makeSlim(root);
        Path context = Files.createDirectory(directory.resolve("context"));
        Files.copy(built, context.resolve(built.getFileName()));
        Files.copy(CONTAINERFILE, context.resolve("Containerfile"));
        Path settings = Files.createDirectory(directory.resolve("settings"));
        Files.writeString(settings.resolve("grasp.conf"), "assume-secure\nlink = lo\nip = ipv4\n");
        Image image = DebianRoot.isInstalled("podman") ? new Podman(context, settings) : new Steps(context, settings);

        RunningProcess shell = start(image.container("sh", "-c", RESTRICTIONS));
        assertThat(shell.exit()).as(shell.toString()).isZero();
        assertThat(shell.output())
                .containsExactly(
                        USER, USER, "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1");
        assertThat(shell.errors()).anyMatch(line -> line.endsWith("Read-only file system"));

        Process process = image.container().start();
        node = new RunningProcess("grasp daemon", process).awaitReady();
        assertThat(image.main(process).destroy()).isTrue();
        assertThat(node.exit()).as(node.toString()).isEqualTo(143);
    }

    private static RunningProcess start(ProcessBuilder builder) throws IOException {
        return new RunningProcess(String.join(" ", builder.command()), builder.start());
    }

    /** Debian's small image has no manual pages and, except for copyrights, no documentation. */
    private static void makeSlim(DebianRoot root) throws IOException {
        Files.writeString(root.file("etc/dpkg/dpkg.cfg.d/docker"), """
                path-exclude /usr/share/doc/*
                path-include /usr/share/doc/*/copyright
                path-exclude /usr/share/man/*
                """);
        root.in("sh", "-c", "rm -rf /usr/share/man/* && find /usr/share/doc -type f ! -name copyright -delete");
    }

    private static ProcessBuilder builder(List<String> command) {
        return DebianRoot.builder(command.toArray(String[]::new)).redirectErrorStream(false);
    }

    /** An image of podman, with a storage of its own. */
    private final class Podman implements Image {
        private static final String BASE = "docker.io/library/debian:bookworm-slim";
        /** An engine needs the newer file system of control groups, which not each host has. */
        private static final String WITH_CGROUPS = "test \"$(stat -f -c %T /sys/fs/cgroup)\" = cgroup2fs"
                + " || mount -t cgroup2 cgroup2 /sys/fs/cgroup; exec \"$0\" \"$@\"";

        private final Path settings;

        Podman(Path context, Path settings) throws IOException {
            this.settings = settings;
            Path base = directory.resolve("base.tar");
            DebianRoot.run("tar", "-C", root.path().toString(), "-cf", base.toString(), ".");
            podman("import", base.toString(), BASE);
            Files.delete(base);
            podman("build", "--isolation=chroot", "--pull=never", "-t", "grasp", context.toString());
        }

        private void podman(String... arguments) throws IOException {
            DebianRoot.run(command(arguments).toArray(String[]::new));
        }

        private List<String> command(String... arguments) {
            List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", WITH_CGROUPS, "podman"));
            command.addAll(List.of("--root", directory.resolve("storage").toString()));
            command.addAll(List.of("--runroot", directory.resolve("run").toString()));
            command.addAll(List.of("--storage-driver=vfs", "--cgroup-manager=cgroupfs"));
            command.addAll(List.of(arguments));
            return command;
        }

        @Override
        public ProcessBuilder container(String... command) throws IOException {
            List<String> all = command("run", "--rm", "--cgroups=disabled");
            all.addAll(List.of("--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"));
            all.addAll(documented());
            if (command.length > 0) {
                all.add("--entrypoint=" + command[0]);
            }
            all.add("grasp");
            Arrays.stream(command).skip(1).forEach(all::add);
            return builder(all);
        }

        /** {@return the options that the file names, with other settings} */
        private List<String> documented() throws IOException {
            Matcher run = Pattern.compile("podman run (.*) --name=grasp grasp\n")
                    .matcher(Files.readString(CONTAINERFILE).replace("\\\n#", ""));
            assertThat(run.find()).isTrue();
            return Stream.of(run.group(1).trim().split("\\s+"))
                    .map(option -> option.replace("--volume=/etc/grasp:", "--volume=" + settings + ":"))
                    .toList();
        }

        @Override
        public ProcessHandle main(Process container) {
            return container.toHandle(); // podman passes signals on
        }
    }

    /** The root in which the steps of the file were carried out. */
    private final class Steps implements Image {
        private static final String RESTRICTED = """
                root=$0
                mount --bind "$root" "$root" && mount -t proc proc "$root/proc"
                mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
                mount --bind "$SETTINGS" "$root/etc/grasp" && mount -o remount,bind,ro "$root/etc/grasp"
                mount -o remount,bind,ro "$root"
                exec chroot "$root" setpriv --reuid "$USER" --regid "$USER" --clear-groups --bounding-set=-all \\
                    --inh-caps=-all --no-new-privs "$@"
                """;

        private final Path settings;
        private final List<String> environment = new ArrayList<>();
        private final List<String> entrypoint = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private String user = "0:0";

        Steps(Path context, Path settings) throws IOException {
            this.settings = settings;
            String file = Files.readString(context.resolve("Containerfile"))
                    .replaceAll("(?m)^#.*\n", "")
                    .replace("\\\n", "");
            for (String line : file.lines().toList()) {
                String[] step = line.split(" ", 2);
                carryOut(context, step[0], step[1]);
            }
        }

        private void carryOut(Path context, String instruction, String rest) throws IOException {
            switch (instruction) {
                case "FROM", "STOPSIGNAL" -> assertThat(rest).isNotEmpty();
                case "COPY" -> {
                    String[] fromTo = rest.split(" ");
                    try (var files = Files.newDirectoryStream(context, fromTo[0])) {
                        for (Path each : files) {
                            Files.copy(each, root.file(fromTo[1].substring(1)).resolve(each.getFileName()));
                        }
                    }
                }
                case "RUN" -> root.in("sh", "-c", rest);
                case "ENV" -> environment.addAll(List.of(rest.split(" ")));
                case "USER" -> user = rest;
                case "ENTRYPOINT" -> entrypoint.addAll(List.of(words(rest)));
                case "CMD" -> arguments.addAll(List.of(words(rest)));
                default -> throw new AssertionError("The test does not know the instruction " + instruction);
            }
        }

        private static String[] words(String json) {
            return JsonMapper.builder().build().readValue(json, String[].class);
        }

        @Override
        public ProcessBuilder container(String... command) {
            assertThat(user).isEqualTo(USER + ":" + USER);
            List<String> all = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child"));
            all.addAll(List.of("sh", "-ec", RESTRICTED, root.path().toString(), "env"));
            all.addAll(environment);
            if (command.length > 0) {
                all.addAll(List.of(command));
            } else {
                all.addAll(entrypoint);
                all.addAll(arguments);
            }
            ProcessBuilder builder = builder(all);
            builder.environment().put("SETTINGS", settings.toString());
            builder.environment().put("USER", USER);
            return builder;
        }

        @Override
        public ProcessHandle main(Process container) {
            return container.children().findFirst().orElseThrow();
        }
    }
}
