package io.grasp.samples;

import io.grasp.samples.node.NetworkOptions;
import java.lang.reflect.Field;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The help of commands that run a node: their own options first, then those that all such commands have. */
final class HelpLayout {
    private HelpLayout() {}

    /** Changes the help of such commands. */
    static void apply(CommandLine commands) {
        for (CommandLine command : commands.getSubcommands().values()) {
            CommandSpec spec = command.getCommandSpec();
            if (spec.mixins().values().stream().anyMatch(mixin -> mixin.userObject() instanceof NetworkOptions)) {
                command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpLayout::options);
                spec.usageMessage().customSynopsis(synopsis(spec));
            }
        }
    }

    /** With all options it would take many lines; those that must be given belong there. */
    private static String synopsis(CommandSpec spec) {
        StringBuilder synopsis = new StringBuilder(spec.qualifiedName());
        spec.options().stream()
                .filter(OptionSpec::required)
                .forEach(option -> synopsis.append(' ')
                        .append(option.longestName())
                        .append('=')
                        .append(option.paramLabel()));
        synopsis.append(" [OPTIONS]");
        spec.positionalParameters().forEach(each -> synopsis.append(' ').append(each.paramLabel()));
        return synopsis.toString();
    }

    private static String options(Help help) {
        CommandSpec spec = help.commandSpec();
        List<OptionSpec> own =
                spec.options().stream().filter(option -> isOwn(option, spec)).toList();
        List<OptionSpec> ofNode =
                spec.options().stream().filter(option -> !isOwn(option, spec)).toList();
        return help.optionListExcludingGroups(own)
                + String.format("%nThe node, its network and its output:%n")
                + help.optionListExcludingGroups(ofNode);
    }

    private static boolean isOwn(OptionSpec option, CommandSpec spec) {
        return option.userObject() instanceof Field field
                        && field.getDeclaringClass().isInstance(spec.userObject())
                || option.usageHelp()
                || option.versionHelp();
    }
}
