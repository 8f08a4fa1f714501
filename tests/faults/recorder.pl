#!/usr/bin/perl
# The command under test: writes down that it is alive, so that it can be seen who acted when.
#   recorder.pl FILE [beat=MS] [stubborn=MS] [stray]
#   recorder.pl --clock
# Appends lines `monotonic-ms epoch pid event` to FILE: `start`, a `beat` every few milliseconds, `term`
# on SIGTERM, beats for as long as it is stubborn, `exit`. `stray` leaves a process behind that has left
# the group and the session, and writes `stray` as long as it lives. `--clock` answers each line of input with the clock.
# Needs no module, so that it runs where there is nothing but a Debian base.
use strict;
use warnings;

my $CLOCK_MONOTONIC = 1;
# The number of the system call; asking `uname` would cost milliseconds.
my $CLOCK_GETTIME = -e '/lib64/ld-linux-x86-64.so.2' ? 228 : 113;

sub now_ms {
    my $time = pack 'qq', 0, 0;
    syscall($CLOCK_GETTIME, $CLOCK_MONOTONIC, $time) == 0 or die "Cannot read the clock: $!\n";
    my ($seconds, $nanoseconds) = unpack 'qq', $time;
    return $seconds * 1000 + $nanoseconds / 1e6;
}

if ($ARGV[0] eq '--clock') {
    $| = 1;
    printf "%.3f\n", now_ms() while <STDIN>;
    exit 0;
}

my ($file, @options) = @ARGV;
my %option = (beat => 5, stubborn => 0, map { /^(\w+)=?(.*)$/ and ($1 => $2) } @options);
my $epoch = $ENV{MASTERD_EPOCH} // 0;
my $is_told = 0;
$SIG{TERM} = sub { $is_told = 1 };
open my $record, '>>', $file or die "Cannot open $file: $!\n";

# One write a line: lines of several processes never mix.
sub note {
    my ($event) = @_;
    syswrite $record, sprintf("%.3f %s %d %s\n", now_ms(), $epoch, $$, $event);
}

sub beat_until {
    my ($is_over, $event) = @_;
    until ($is_over->()) {
        note($event // 'beat');
        select undef, undef, undef, $option{beat} / 1000;
    }
}

sub leave_stray {
    return if fork;
    require POSIX;
    POSIX::setsid();
    exit 0 if fork;
    $SIG{TERM} = 'IGNORE';
    beat_until(sub { 0 }, 'stray');
}

note('start');
leave_stray() if exists $option{stray};
beat_until(sub { $is_told });
note('term');
my $until = now_ms() + $option{stubborn};
beat_until(sub { now_ms() >= $until });
note('exit');
