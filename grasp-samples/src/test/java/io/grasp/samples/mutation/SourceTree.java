package io.grasp.samples.mutation;

import static java.util.stream.Collectors.joining;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import io.grasp.samples.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Sources that can be changed on purpose, by edits that survive most refactorings. The place of an edit is a class by its simple
 * name, {@code FloodRelay}, or a member of one, {@code FloodRelay.relay}; nested and anonymous classes belong to the class
 * around them. Packages, format, comments and imports do not matter. Code that has left its class is found as well:
 *
 * <ul>
 *   <li>in another member of the class,
 *   <li>in a member of that name elsewhere, if the class no longer has one,
 *   <li>anywhere, if the class no longer exists,
 * </ul>
 *
 * if it occurs exactly once.
 */
public final class SourceTree {
    /** A part of a file that edits can name. */
    private record Member(Set<String> classes, String name, Source source, int start, int end) {
        boolean isIn(String className) {
            return classes.contains(className);
        }
    }

    /** A sequence of tokens in a file. */
    private record Match(Source source, int first, int length) {
        int start() {
            return source.tokens.get(first).start();
        }

        int end() {
            return source.tokens.get(first + length - 1).end();
        }

        String text() {
            return source.text.substring(start(), end());
        }
    }

    private static final class Source {
        private final Path file;
        private final String text;
        private final List<JavaTokens.Token> tokens;
        private final List<String> texts;
        private final List<Member> members = new ArrayList<>();
        private final Set<String> imported = new HashSet<>();
        private final Set<String> classes = new HashSet<>();
        private String packageName = "";
        private int endOfPackage;

        Source(Path file, String text) {
            this.file = file;
            this.text = text;
            this.tokens = JavaTokens.of(text);
            this.texts = JavaTokens.texts(tokens);
        }

        boolean declares(String className) {
            return classes.contains(className);
        }

        /** {@return the innermost place around a match, in the form used by edits} */
        String place(Match match) {
            return members.stream()
                    .filter(member -> member.start <= match.start() && match.end() <= member.end)
                    .reduce((outer, inner) -> inner)
                    .map(member -> topLevel() + "." + member.name)
                    .orElse(topLevel());
        }

        String topLevel() {
            String name = file.getFileName().toString();
            return name.substring(0, name.length() - ".java".length());
        }

        int line(Match match) {
            return 1
                    + (int) text.substring(0, match.start())
                            .chars()
                            .filter(c -> c == '\n')
                            .count();
        }
    }

    private final List<Source> sources;

    private SourceTree(List<Source> sources) {
        this.sources = sources;
    }

    /** {@return the main code of all modules} */
    public static SourceTree ofProject() {
        return of(read(Project.inEachModule("src/main/java")));
    }

    /** {@return the same code in another format and in other packages, as after a thorough refactoring} */
    public SourceTree refactored() {
        Map<Path, String> texts = new TreeMap<>();
        for (Source source : sources) {
            String text = source.tokens.stream()
                    .map(token -> source.text.substring(token.start(), token.end()))
                    .collect(joining("\n"));
            if (!source.packageName.isEmpty()) {
                text = text.replaceFirst("package\\s[^;]*;", "package moved.p" + texts.size() + ";");
            }
            texts.put(Path.of("moved", source.file.toString()), text);
        }
        return of(texts);
    }

    static Map<Path, String> read(List<Path> roots) {
        Map<Path, String> texts = new TreeMap<>();
        for (Path root : roots) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    texts.put(file, Files.readString(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return texts;
    }

    static SourceTree of(Map<Path, String> texts) {
        List<Source> sources = new ArrayList<>();
        Map<URI, Source> byUri = new HashMap<>();
        List<JavaFileObject> objects = new ArrayList<>();
        texts.forEach((file, text) -> {
            Source source = new Source(file, text);
            sources.add(source);
            byUri.put(file.toUri(), source);
            objects.add(new SimpleJavaFileObject(file.toUri(), JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return text;
                }
            });
        });
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, SourceTree::refuse, List.of("-proc:none"), null, objects);
        try {
            for (CompilationUnitTree unit : task.parse()) {
                new Reader(
                                byUri.get(unit.getSourceFile().toUri()),
                                Trees.instance(task).getSourcePositions())
                        .scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SourceTree(sources);
    }

    private static void refuse(Diagnostic<?> diagnostic) {
        if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
            throw new AssertionError(diagnostic);
        }
    }

    /** Notes the classes, members and imports of a file. */
    private static final class Reader extends TreePathScanner<Void, Void> {
        private final Source source;
        private final SourcePositions positions;
        private final List<String> around = new ArrayList<>();
        private CompilationUnitTree unit;

        Reader(Source source, SourcePositions positions) {
            this.source = source;
            this.positions = positions;
        }

        @Override
        public Void visitCompilationUnit(CompilationUnitTree tree, Void nothing) {
            unit = tree;
            if (tree.getPackage() != null) {
                source.packageName = tree.getPackageName().toString();
                source.endOfPackage = (int) positions.getEndPosition(tree, tree.getPackage());
            }
            tree.getImports().forEach(each -> {
                String name = each.getQualifiedIdentifier().toString();
                source.imported.add(name.substring(name.lastIndexOf('.') + 1));
            });
            return super.visitCompilationUnit(tree, nothing);
        }

        @Override
        public Void visitClass(ClassTree tree, Void nothing) {
            String name = tree.getSimpleName().toString();
            if (name.isEmpty()) {
                return super.visitClass(tree, nothing);
            }
            source.classes.add(name);
            around.add(name);
            super.visitClass(tree, nothing);
            around.remove(around.size() - 1);
            return nothing;
        }

        @Override
        public Void visitMethod(MethodTree tree, Void nothing) {
            String name = tree.getName().toString();
            add(name.equals("<init>") ? around.get(around.size() - 1) : name, tree);
            return super.visitMethod(tree, nothing);
        }

        @Override
        public Void visitVariable(VariableTree tree, Void nothing) {
            if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree) {
                add(tree.getName().toString(), tree);
            }
            return super.visitVariable(tree, nothing);
        }

        private void add(String name, Tree tree) {
            int start = (int) positions.getStartPosition(unit, tree);
            int end = (int) positions.getEndPosition(unit, tree);
            if (end > start) { // not the implicit constructor and fields of a record
                source.members.add(new Member(Set.copyOf(around), name, source, start, end));
            }
        }
    }

    /**
     * Edits a class.
     *
     * @param place the class, or the member of it, that all edits are in
     * @param edits the changes
     * @throws AssertionError if an edit does not fit, with the closest match
     */
    public PatchedSource patch(String place, List<SourceEdit> edits) {
        Map<Integer, String> replacements = new TreeMap<>(Collections.reverseOrder());
        Map<Integer, Integer> ends = new HashMap<>();
        Set<Source> changed = new HashSet<>();
        Set<String> imports = new TreeSet<>();
        for (SourceEdit edit : edits) {
            Match match = find(place, edit.snippet());
            changed.add(match.source);
            replacements.put(match.start(), edit.replacement());
            ends.put(match.start(), match.end());
            imports.addAll(missingImports(match.source, edit.replacement()));
        }
        if (changed.size() != 1) {
            throw new AssertionError(place + ": one file is to be changed, and not " + changed.size());
        }
        Source source = changed.iterator().next();
        StringBuilder text = new StringBuilder(source.text);
        replacements.forEach((start, replacement) -> text.replace(start, ends.get(start), replacement));
        // On the line of the package clause, so that all other lines keep their numbers.
        text.insert(
                source.endOfPackage,
                imports.stream().map(each -> " import " + each + ";").collect(joining()));
        return new PatchedSource(source.file, text.toString());
    }

    /** {@return the classes of the project that code in a file names without an import} */
    private List<String> missingImports(Source source, String code) {
        List<String> missing = new ArrayList<>();
        for (String name : Set.copyOf(JavaTokens.texts(JavaTokens.of(code)))) {
            if (JavaTokens.isClass(name) && !source.imported.contains(name) && !source.declares(name)) {
                List<String> packages = sources.stream()
                        .filter(each -> each.topLevel().equals(name))
                        .map(each -> each.packageName)
                        .toList();
                if (packages.size() == 1 && !packages.get(0).equals(source.packageName)) {
                    missing.add(packages.get(0) + "." + name);
                }
            }
        }
        return missing;
    }

    private Match find(String place, String snippet) {
        List<String> wanted = JavaTokens.texts(JavaTokens.of(snippet));
        String className = place.contains(".") ? place.substring(0, place.indexOf('.')) : place;
        String member = place.contains(".") ? place.substring(place.indexOf('.') + 1) : "";
        boolean hasClass = sources.stream().anyMatch(source -> source.declares(className));
        boolean hasMember = members(each -> each.isIn(className) && each.name.equals(member))
                .findAny()
                .isPresent();

        List<Match> found = inMembers(wanted, each -> each.isIn(className) && each.name.equals(member));
        if (found.isEmpty()) {
            found = inSources(wanted, each -> each.declares(className));
        }
        if (found.isEmpty() && !member.isEmpty() && !hasMember) {
            found = inMembers(wanted, each -> each.name.equals(member));
        }
        if (found.isEmpty() && !hasClass) {
            found = inSources(wanted, each -> true);
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.isEmpty()) {
            Match closest = closest(wanted, hasClass ? each -> each.declares(className) : each -> true);
            throw new AssertionError(place + " does not have:\n" + snippet + "\nClosest to it, in " + show(closest)
                    + (hasClass ? elsewhere(wanted) : "\nThere is no class " + className));
        }
        throw new AssertionError(place + " has more than once:\n" + snippet + "\nIn "
                + found.stream().map(SourceTree::show).collect(joining("\nand in ")));
    }

    private static String show(Match match) {
        return match.source.place(match) + ", line " + match.source.line(match) + ":\n" + match.text();
    }

    private String elsewhere(List<String> wanted) {
        return inSources(wanted, each -> true).stream()
                .map(match -> "\nIt is in " + match.source.place(match) + ", line " + match.source.line(match))
                .collect(joining());
    }

    private Stream<Member> members(Predicate<Member> which) {
        return sources.stream().flatMap(source -> source.members.stream()).filter(which);
    }

    private List<Match> inMembers(List<String> wanted, Predicate<Member> which) {
        return members(which)
                .flatMap(member -> matches(wanted, member.source).stream()
                        .filter(match -> member.start <= match.start() && match.end() <= member.end))
                .distinct()
                .toList();
    }

    private List<Match> inSources(List<String> wanted, Predicate<Source> which) {
        return sources.stream()
                .filter(which)
                .flatMap(source -> matches(wanted, source).stream())
                .toList();
    }

    private static List<Match> matches(List<String> wanted, Source source) {
        List<Match> found = new ArrayList<>();
        for (int at = Collections.indexOfSubList(source.texts, wanted); at >= 0; ) {
            found.add(new Match(source, at, wanted.size()));
            int next = Collections.indexOfSubList(source.texts.subList(at + 1, source.texts.size()), wanted);
            at = next < 0 ? -1 : at + 1 + next;
        }
        return found;
    }

    /** {@return of all sequences of the same length, the one with most of the wanted tokens in order} */
    private Match closest(List<String> wanted, Predicate<Source> which) {
        Match best = null;
        int most = -1;
        for (Source source : sources.stream().filter(which).toList()) {
            int length = Math.min(wanted.size(), source.tokens.size());
            for (int first = 0; first + length <= source.texts.size(); first++) {
                int alike = commonInOrder(wanted, source.texts.subList(first, first + length));
                if (alike > most) {
                    most = alike;
                    best = new Match(source, first, length);
                }
            }
        }
        return best;
    }

    private static int commonInOrder(List<String> a, List<String> b) {
        int[] before = new int[b.size() + 1];
        for (String each : a) {
            int[] now = new int[b.size() + 1];
            for (int i = 0; i < b.size(); i++) {
                now[i + 1] = each.equals(b.get(i)) ? before[i] + 1 : Math.max(now[i], before[i + 1]);
            }
            before = now;
        }
        return before[b.size()];
    }
}
