# escape=`
FROM mcr.microsoft.com/windows/servercore
RUN dir c:\ && `
    echo done
COPY x c:\
CMD python app.py
